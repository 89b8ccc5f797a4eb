"""Reads report.proto's messages without generated code: so that these tests judge the agent by the wire
contract and not by what the agent's own library makes of it. Fields that are not named here are skipped."""
import struct

# message: {field number: (name, kind)}; kind is "int", "double", "text" or a message; a name with * repeats
MESSAGES = {
    "ReportBatch": {1: ("contract_version", "int"), 2: ("node", "text"), 4: ("sent_at_ms", "int"),
                    5: ("node_facts", "NodeFacts"), 6: ("node_samples*", "NodeSample"), 7: ("slot_reports*", "SlotReport"),
                    8: ("agent_status", "AgentStatus")},
    "AgentStatus": {1: ("time_ms", "int"), 2: ("started_at_ms", "int"), 3: ("after_crash", "int"),
                    4: ("cpu_seconds", "double"), 5: ("memory_rss_bytes", "int"), 6: ("memory_pss_bytes", "int"),
                    8: ("open_files", "int"), 9: ("slots", "int"), 13: ("sample_cpu_seconds", "double"),
                    14: ("sample_late_seconds", "double"), 15: ("samples_taken", "int"),
                    16: ("samples_given_up", "int"), 18: ("errors*", "ErrorCount")},
    "NodeFacts": {9: ("blind_spots*", "text")},
    "ErrorCount": {1: ("kind", "text"), 2: ("count", "int")},
    "NodeSample": {1: ("time_ms", "int")},
    "SlotReport": {1: ("slot_id", "text"), 2: ("sequence", "int"), 3: ("job", "JobFacts"),
                   4: ("start", "SlotStart"), 5: ("samples*", "JobSample"), 6: ("end", "SlotEnd"),
                   7: ("loss", "SampleLoss")},
    "SampleLoss": {1: ("samples", "int"), 2: ("from_ms", "int"), 3: ("to_ms", "int")},
    "JobFacts": {1: ("batch_system", "text"), 3: ("job_id", "text"), 6: ("name", "text"), 7: ("user", "text")},
    "SlotStart": {1: ("time_ms", "int"), 2: ("sample_interval_seconds", "double")},
    "JobSample": {1: ("time_ms", "int"), 2: ("cpu_user_seconds", "double"), 3: ("cpu_system_seconds", "double"),
                  4: ("memory_rss_bytes", "int"), 7: ("read_bytes", "int"), 8: ("write_bytes", "int"),
                  9: ("processes", "int"), 10: ("threads", "int"), 11: ("open_files", "int"),
                  12: ("open_sockets", "int"), 13: ("read_chars", "int"), 14: ("write_chars", "int"),
                  15: ("run_queue_wait_seconds", "double"), 16: ("major_faults", "int"),
                  17: ("read_calls", "int"), 18: ("write_calls", "int"), 19: ("read_operations", "int"),
                  20: ("write_operations", "int"), 26: ("voluntary_context_switches", "int"),
                  27: ("involuntary_context_switches", "int"), 28: ("oom_kills", "int"),
                  32: ("workdir_bytes", "int"), 34: ("standard_output_bytes", "int"),
                  35: ("standard_error_bytes", "int"),
                  38: ("cpu_unattributed_seconds", "double"), 39: ("reason", "int")},
    "SlotEnd": {1: ("time_ms", "int"), 2: ("batch_state", "text"), 3: ("exit_code", "int"), 4: ("signal", "int"),
                5: ("cause", "int")},
    "ReportAnswer": {1: ("acknowledged*", "ReportId"), 2: ("refused*", "Refusal")},
    "ReportId": {1: ("slot_id", "text"), 2: ("sequence", "int")},
    "Refusal": {1: ("slot_id", "text"), 2: ("sequence", "int"), 3: ("reason", "text")},
}


class Garbled(Exception):
    """Not a message of the wire contract."""


def varint(data, at):
    value, shift = 0, 0
    while True:
        if at >= len(data) or shift > 63:
            raise Garbled("varint")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def fields(data):
    """(number, value) of each field; the value is an int or the bytes."""
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        kind = tag & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
            value, at = data[at:at + size], at + size
        elif kind == 2:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
        else:
            raise Garbled(f"wire type {kind}")
        if at > len(data):
            raise Garbled("cut off")
        yield tag >> 3, value


def decode(message, data):
    """The message as a dictionary; what is absent is absent."""
    known, result = MESSAGES[message], {}
    for number, value in fields(data):
        if number not in known:
            continue
        name, kind = known[number]
        if kind == "double":
            value = struct.unpack("<d", value)[0]
        elif kind == "int":
            value = value - (1 << 64) if value >> 63 else value
        elif kind == "text":
            value = value.decode()
        else:
            value = decode(kind, value)
        if name.endswith("*"):
            result.setdefault(name[:-1], []).append(value)
        else:
            result[name] = value
    return result


def slot_reports(batch):
    """(slot, sequence, bytes) of each slot report in a batch."""
    for number, value in fields(batch):
        if number == 7:
            identity = dict(pair for pair in fields(value) if pair[0] in (1, 2))
            yield identity[1].decode(), identity[2], value


def encode_varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def encode_acknowledgements(reports):
    """A ReportAnswer that acknowledges (slot, sequence) pairs."""
    answer = b""
    for slot, sequence in reports:
        name = slot.encode()
        entry = b"\x0a" + encode_varint(len(name)) + name + b"\x10" + encode_varint(sequence)
        answer += b"\x0a" + encode_varint(len(entry)) + entry
    return answer
