package dev.foretoken.gateway.admission;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Requests whose bodies are read before anybody has let them in: how many bytes they may hold together, and which have no answer yet. */
public final class Arrivals {

    private static final int MOST_BYTES = 32 << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int bytes;
    private int unanswered;

    /** Empty where there is no room for a body of {@code size} bytes. */
    public Optional<Arrival> begin(int size) {
        lock.lock();
        try {
            if (size > MOST_BYTES - bytes) {
                return Optional.empty();
            }
            bytes += size;
            unanswered++;
            return Optional.of(new Arrival(size));
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the answers of all of them are over. Returns whether that was so in time. */
    public boolean awaitAnswered(Duration grace) throws InterruptedException {
        long left = grace.toNanos();
        lock.lock();
        try {
            while (unanswered > 0 && left > 0) {
                left = changed.awaitNanos(left);
            }
            return unanswered == 0;
        } finally {
            lock.unlock();
        }
    }

    public int unanswered() {
        lock.lock();
        try {
            return unanswered;
        } finally {
            lock.unlock();
        }
    }

    /** One request. Saying anything more than once has no effect. */
    public final class Arrival {

        private int held;
        private boolean over;

        private Arrival(int size) {
            held = size;
        }

        /** Its body is there: from now on it is admission that bounds what is held. */
        public void arrived() {
            lock.lock();
            try {
                bytes -= held;
                held = 0;
            } finally {
                lock.unlock();
            }
        }

        /** Its answer is over, complete or not. */
        public void over() {
            lock.lock();
            try {
                arrived();
                if (!over) {
                    over = true;
                    unanswered--;
                    changed.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
