"""Pages for signing in and out, passwords, sessions and confirming sensitive actions."""
