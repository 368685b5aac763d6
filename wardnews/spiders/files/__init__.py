"""How the images and attachments of articles are reached: on live portals, and in archives."""
