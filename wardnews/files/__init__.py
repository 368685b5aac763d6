"""The images and attachments of articles: where they are kept, and what their bytes are; nothing here opens one."""
