"""What kept files say: the text of PDF, Word, Excel and OpenDocument files, and thumbnails of pictures.

The readers are pure: a file's bytes in, pages of text out. They run in a process of their own (`process`), which has a
bound on its time and memory, writes nothing, begins nothing and asks nothing on the network.
"""
