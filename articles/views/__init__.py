"""Pages of articles: the zone's landing, reading, the discussion."""
