"""Orders: talent orders of enterprises, and public postings that are shown as such."""
