"""Turns a badge's code into HTML as the reader of its format does. The arguments: a format and a file."""

import subprocess
import sys

form, path = sys.argv[1:]
code = open(path, encoding="utf-8").read()


def program(*words, text=code):
    done = subprocess.run(words, input=text, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and not done.stderr, (words, done.stderr)
    return done.stdout


if form == "Markdown":
    html = program("cmark")
elif form == "Textile":
    import textile

    html = textile.textile(code)
elif form == "RDoc":
    html = program("ruby", "-rrdoc", "-e", "puts RDoc::Markup::ToHtml.new(RDoc::Options.new).convert($stdin.read)")
elif form == "AsciiDoc":
    html = program("asciidoctor", "--embedded", "--out-file", "-", "-")
elif form == "reStructuredText":
    import docutils.core

    strict = {"halt_level": 2, "report_level": 2, "file_insertion_enabled": False}
    html = docutils.core.publish_parts(code, writer="html5", settings_overrides=strict)["body"]
elif form == "Pod":
    perl = "my $p = Pod::Simple::XHTML->new; $p->html_header(''); $p->html_footer(''); $p->output_fh(*STDOUT); $p->parse_file(*STDIN)"
    html = program("perl", "-MPod::Simple::XHTML", "-e", perl, text=f"=pod\n\n{code}\n\n=cut\n")
elif form == "Org":
    html = program("pandoc", "--from", "org", "--to", "html")
else:
    assert form == "HTML", form
    html = code
sys.stdout.write(html)
