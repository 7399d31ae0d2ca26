"""`make bundle`: one archive that installs without a network, for this platform and Python.

Making it needs one: wheels come by the lock file with their hashes, Kafka's jars by the tests' Maven file.
"""

from deploy.bundle.build import build

if __name__ == "__main__":
    build()
