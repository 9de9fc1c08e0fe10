"""`python -m modsim.cli`."""

from modsim.cli import main

if __name__ == "__main__":
    main()
