"""What goes with the text of an article, in any system: its lines on the page, attachments, further pages."""
