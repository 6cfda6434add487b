"""Settings: base holds everywhere; dev, test, embedded and prod only say what differs."""
