"""Portals of Hải Phòng for wardnews; the sites files beside this are found by themselves."""
