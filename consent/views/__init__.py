"""Pages of the gate, of documents, and of one's own consents."""
