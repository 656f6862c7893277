"""Texts that would do something if the report took them for more than text."""

from __future__ import annotations

HOSTILE = (
    "Rain on Sunday</script><script>alert(1)</script>\n\nIt rained, <img src=x onerror=alert(2)> then it stopped.\n",
    "</style><style>*{display:none}</style>\n\n<svg onload=alert(3)><script>alert(4)</script></svg> was the story.\n",
    "<!--<script>\n\n]]> --> <plaintext> \u2028\u2029 </textarea></title> was how the page ended that day, they say.\n",
    "\x1b[2J\x1b]0;owned\x07 The title of a terminal\n\n\u202etxet desrever\u202c is here, and \x9b31m is.\n",
    "{policy} {style} {script} <!-- data -->\n\nconstructor __proto__ toString are the words of this, $& and $1 too.\n",
    "javascript:alert(5)\n\n| a | <b>bold</b> |\n|---|---|\n"
    "| <script>alert(6)</script> | \" onclick=alert(7) ' |\n| __proto__ | ${alert(8)} |\n",
)
