"""``cleaner completion``."""

from __future__ import annotations

import click


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    \b
    bash:  cleaner completion bash > ~/.local/share/bash-completion/completions/cleaner
    zsh:   cleaner completion zsh > "${fpath[1]}/_cleaner"
    fish:  cleaner completion fish > ~/.config/fish/completions/cleaner.fish
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:  # click knows all three shells that the argument allows
        raise click.UsageError(f"no completion for {shell}.")
    click.echo(kind(context.find_root().command, {}, "cleaner", "_CLEANER_COMPLETE").source())
