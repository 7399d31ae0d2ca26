"""Procedures are followed on a real Apache Kafka where Java is, else on the embedded broker."""

from tests.faults.conftest import broker, front, log, own_kafka, program

__all__ = ["broker", "front", "log", "own_kafka", "program"]
