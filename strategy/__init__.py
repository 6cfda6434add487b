"""The treatment-strategy tool: rule sets, the engine, the pages."""
