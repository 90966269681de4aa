"""The main job over HTTP, in one process: sign up, forget, letter, link, new password, in again."""

from support.running import NEW_PASSWORD, PASSWORD, RunningSite, link_in


def test_a_forgotten_password_is_recovered_by_a_letter(site: RunningSite) -> None:
    alice = site.sign_up("alice")
    assert alice.sign_in("alice", PASSWORD).title == "Hi, alice!"
    alice.sign_out()
    asked = alice.submit("/reset_password_request", email="alice@example.com")
    assert asked.path == "/check-email"
    assert "Check your email for the instructions to reset your password" in asked.words
    letter = site.letters(2)[-1]
    assert letter.summary.subject == "[Microblog] Reset Your Password"
    changed = alice.submit(link_in(letter.text), password=NEW_PASSWORD, password2=NEW_PASSWORD)
    assert "Your password has been reset" in changed.words
    assert alice.sign_in("alice", PASSWORD).status == 422
    assert alice.sign_in("alice", NEW_PASSWORD).title == "Hi, alice!"
    assert site.letters(3)[-1].summary.subject == "[Microblog] Your Password Was Changed"
