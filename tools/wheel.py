"""What a user gets from the wheel: run by the Python of an environment that has it, and none of our tools, installed

Every module imports, none of them needs nbdev, the package's own namespace is empty, and what we ship is there with its licences."""
import importlib, pkgutil, sys
from importlib.metadata import version
from importlib.resources import files
import scorediff

assert 'site-packages' in scorediff.__file__, f'this is a checkout, not the wheel: {scorediff.__file__}'
own = [o for o in vars(scorediff) if not o.startswith('_')]
assert not own, f'the package should hold its version and nothing else, but holds {own}'
modules = [o.name for o in pkgutil.iter_modules(scorediff.__path__) if not o.name.startswith('_')]
for o in modules: importlib.import_module(f'scorediff.{o}')
tools = [o for o in ('nbdev', 'execnb', 'IPython') if o in sys.modules]
assert not tools, f'the library imports {tools}, which are for development'
for folder in 'digits', 'pretrained':
    shipped = [o.name for o in files(scorediff).joinpath(folder).iterdir()]
    assert any('LICEN' in o.upper() for o in shipped), f'{folder} holds no licence: {shipped}'
print(f'scorediff {version("scorediff")} with fastcore {version("fastcore")}, torch {version("torch")}: {len(modules)} modules')
