"""Template words of the tool."""
