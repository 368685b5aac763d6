"""What the store knows of images and attachments: which are kept, which are still wanted, which articles name them."""
