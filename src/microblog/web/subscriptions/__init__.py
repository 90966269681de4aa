"""Pages for choosing emails and unsubscribing."""
