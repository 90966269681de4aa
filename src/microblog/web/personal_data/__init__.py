"""Pages for downloading and deleting what an account holds."""
