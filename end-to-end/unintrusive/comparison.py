"""What two runs of a program have in common, and what not."""


def differences(reference, outcome):
    """A sentence for each thing that is not as in the reference."""
    found = []
    for look in ("seen.1", "seen.2"):
        without, with_it = (any(key.startswith(look) for key in side) for side in (reference, outcome))
        if without != with_it:
            found.append(f"{look}: {'there' if with_it else 'missing'}, unlike in the reference")
            reference, outcome = ({key: value for key, value in side.items() if not key.startswith(look)}
                                  for side in (reference, outcome))
    for key in sorted(reference.keys() | outcome.keys()):
        expected, got = reference.get(key), outcome.get(key)
        if expected != got:
            found.append(f"{key}: {shown(got)} instead of {shown(expected)}")
    return found


def shown(value):
    if value is None:
        return "nothing"
    text = repr(value)
    return text if len(text) < 300 else f"{text[:200]} ... {text[-80:]}"


def summary(outcome):
    return (f"exit status {outcome['exit status']}, {outcome['output'][0]} and {outcome['error output'][0]} bytes, "
            f"{len(outcome)} things compared")
