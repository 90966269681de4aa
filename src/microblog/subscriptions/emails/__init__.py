"""What the emails that members may end have in common; they are declared in the packages of their events."""
