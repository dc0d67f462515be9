"""Every ratio that the library promises, beside other libraries, in one run; a star marks what is more than asked

    python benchmarks/ratios.py [--quick] [import] [loop] [nets] [likelihood] [digits]

All parts, unless some are named. Times are CPU seconds of one thread, of everything in turn, and medians over the rounds. With --quick
there are fewer rounds and digits. The other libraries are diffusers, k-diffusion, azula, torchdiffeq and scipy; what isn't installed
is said so and left out: `pip install diffusers k-diffusion azula torchdiffeq`."""
import argparse, resource, statistics, subprocess, sys
from importlib.metadata import PackageNotFoundError, version

import torch

import likelihood, loop, nets

def spent(*args):
    "CPU seconds of another Python"
    used = lambda: sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    start = used()
    subprocess.run([sys.executable, *args], check=True, stdout=subprocess.DEVNULL)
    return used()-start

def imports(rounds):
    ways = dict(torch=('-c', 'import torch'), all=('-c', 'from scorediff.all import *'), help=('-m', 'scorediff', '--help'))
    runs = [{k: spent(*args) for k,args in ways.items()} for _ in range(rounds)]
    mid = {k: statistics.median(run[k] for run in runs) for k in ways}
    loop.say('import of scorediff.all, over that of torch', mid['all']/mid['torch'], 1.2)
    loop.say('scorediff --help, CPU seconds', mid['help'], 0.4)

def found(name):
    try: return f'{name} {version(name)}'
    except PackageNotFoundError: return f'no {name}'

if __name__=='__main__':
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--quick', action='store_true')
    p.add_argument('parts', nargs='*')
    args = p.parse_args()
    rounds = 5 if args.quick else 15
    parts = {'import':lambda: imports(rounds), 'loop':lambda: loop.report(rounds), 'nets':lambda: nets.report(rounds),
             'likelihood':lambda: likelihood.report(rounds), 'digits':lambda: likelihood.digits_report(args.quick)}
    if not {*args.parts}<={*parts}: p.error(f'the parts are {", ".join(parts)}')
    torch.set_num_threads(1)
    print(', '.join(map(found, ('torch','diffusers','k-diffusion','azula','torchdiffeq','scipy'))))
    for name in args.parts or parts: parts[name]()
