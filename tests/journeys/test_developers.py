"""What a developer types: the debugging server of the documentation, and mail from `microblog shell`."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from journeys.trial import Trial, wait_for
from support.running import COMMAND, free_port

TYPED = """\
from flask_mail import Message
msg = Message('test subject', sender=app.config['ADMINS'][0],
    recipients=['your-email@example.com'])

msg.body = 'text body'
msg.html = '<h1>HTML body</h1>'
msg.attach('notes.txt', 'text/plain', 'first line')
mail.send(msg)
print('it', 'left')
send_email('posted subject', app.config['ADMINS'][0], ['your-email@example.com'], 'text body', '<h1>HTML body</h1>')
print('it is', 'posted')
"""


@contextmanager
def debugging_server(folder: Path) -> Iterator[tuple[int, Path]]:
    """Start the one that prints each letter, and return its port and what it printed."""
    port, printed = free_port(), folder / "debugging.log"
    command = [str(COMMAND.with_name("aiosmtpd")), "-n", "-c", "aiosmtpd.handlers.Debugging", "-l", f"localhost:{port}"]
    with printed.open("w") as out:
        environ = {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"}
        server = subprocess.Popen(command, stdout=out, stderr=out, env=environ)
    try:
        yield port, printed
    finally:
        server.kill()
        server.wait()


def test_mail_of_the_shell_is_printed_by_the_debugging_server_or_raises(tmp_path: Path) -> None:
    admins = "admin@blog.example"
    with debugging_server(tmp_path) as (port, printed), Trial(tmp_path, ADMINS=admins) as trial:
        trial.environ |= {"MAIL_SERVER": "localhost", "MAIL_PORT": str(port)}
        trial.start("run")
        ended = trial.command("shell", TYPED)
        assert ended.status == 0
        assert "it left" in ended.output, ended.output
        letter = printed.read_text()
        for line in ("From: admin@blog.example", "To: your-email@example.com", "Subject: test subject", "text body"):
            assert line in letter.splitlines()
        assert "<h1>HTML body</h1>" in letter
        assert 'filename="notes.txt"' in letter
        assert "it is posted" in ended.output
        wait_for(lambda: "Subject: posted subject" in printed.read_text(), seconds=60)
    ended = trial.command("shell", TYPED)
    assert "MailNotSent: The message was not taken: connecting: nothing listens there" in ended.output
    assert "it is posted" in ended.output  # the prompt goes on
    assert ended.status == 0
