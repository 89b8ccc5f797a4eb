package org.slotwarden.judging;

import java.util.Random;

/** A made-up life of a job: what it does at each second, with noise. */
interface Life {

    double MB = 1e6;
    double GB = 1e9;

    void at(double t, Doing doing, Random random);

    /** What a job does in one second; rates are per second. */
    final class Doing {
        double cores = 1;
        double memory = 0.3 * GB;
        double read;
        double write;
        double readCalls;
        double writeCalls;
        double received;
        double sent;
        double processes = 3;
        double zombies = Double.NaN;
        double files = 12;
        double sockets = 2;
        double blocked;
        double disk = 100 * MB;
        double output;
        double progress = Double.NaN;
        double starving;
        double movers = Double.NaN;

        /** Reads and writes in pieces of 128 kB, as programs that care do. */
        Doing io(double readBytes, double writtenBytes) {
            read = readBytes;
            write = writtenBytes;
            readCalls = readBytes / 131_072;
            writeCalls = writtenBytes / 131_072;
            return this;
        }
    }

    /** This until then, the other one from then on, which counts its time anew. */
    default Life until(double seconds, Life next) {
        return (t, doing, random) -> {
            if (t < seconds) {
                at(t, doing, random);
            } else {
                next.at(t - seconds, doing, random);
            }
        };
    }

    /** This, and what the other one does on top of it. */
    default Life with(Life other) {
        return (t, doing, random) -> {
            at(t, doing, random);
            other.at(t, doing, random);
        };
    }
}
