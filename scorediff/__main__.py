"""The command `scorediff`, and `python -m scorediff`: whoever presses Ctrl-C while the library loads sees a line, and no traceback"""
import os, signal

def _stopped(*_):
    os.write(2, b'scorediff: stopped; nothing was kept\n')
    os._exit(130)

def main():
    signal.signal(signal.SIGINT, _stopped)
    from scorediff.cli import main
    signal.signal(signal.SIGINT, signal.default_int_handler)
    main()

if __name__=='__main__': main()
