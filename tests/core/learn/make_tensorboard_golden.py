#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints the bytes tst_tensorboard.cpp expects: an event file encoded here by bitwise CRC and plain protobuf rules."""
import struct


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return struct.pack("<I", (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF)


def record(data):
    length = struct.pack("<Q", len(data))
    return length + masked(length) + data + masked(data)


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def message(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def main():
    assert crc32c(b"123456789") == 0xE3069283  # RFC 3720's check value
    version = b"\x09" + struct.pack("<d", 1700000000.5) + message(3, b"brain.Event:2")
    values = (("loss/train", 0.25), ("loss/validation", 0.5))
    summary = b"".join(message(1, message(1, tag.encode()) + b"\x15" + struct.pack("<f", value)) for tag, value in values)
    scalars = b"\x09" + struct.pack("<d", 1700000001.25) + b"\x10" + varint(300) + message(5, summary)
    print("version:", record(version).hex())
    print("scalars:", record(scalars).hex())


if __name__ == "__main__":
    main()
