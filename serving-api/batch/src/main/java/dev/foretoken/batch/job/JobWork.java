package dev.foretoken.batch.job;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ErrorKind;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What takes long of one job: done beside the jobs' thread, one piece at a time, and again where it failed of what may be better soon. For that
 * thread.
 */
final class JobWork {

    private static final System.Logger LOG = System.getLogger(JobWork.class.getName());

    private final String job;
    private final Executor tasks;
    private final Consumer<Runnable> mail;
    private final Rests rests;
    private final Consumer<Exception> damaged;
    private @Nullable Step again;
    private boolean isLast;

    /** Returns what is to be done on the jobs' thread after it. */
    @FunctionalInterface
    interface Step {
        Runnable run() throws IOException;
    }

    /**
     * @param tasks run the steps
     * @param mail hands over what is to be done on the jobs' thread
     * @param rests how long to wait before a step is done again
     * @param damaged is told, once and on the jobs' thread, what can only fail again
     */
    JobWork(String job, Executor tasks, Consumer<Runnable> mail, Rests rests, Consumer<Exception> damaged) {
        this.job = job;
        this.tasks = tasks;
        this.mail = mail;
        this.rests = rests;
        this.damaged = damaged;
    }

    void begin(Step step) {
        again = null;
        tasks.execute(() -> {
            Runnable next;
            try {
                next = step.run();
            } catch (IOException | RuntimeException e) {
                next = () -> stumbled(step, e);
            }
            mail.accept(next);
        });
    }

    /** Does again what failed, when it is time. */
    void tick() {
        if (again != null && rests.isOver()) {
            begin(again);
        }
    }

    private void stumbled(Step step, Exception e) {
        if (!failed(e)) {
            again = step;
        }
    }

    /** What fails of a disk or a database may be better soon: it is waited for, and this is false. What can only fail again ends the job. */
    boolean failed(Exception e) {
        if (isDamage(e) && !isLast) {
            isLast = true;
            damaged.accept(e);
            return true;
        }
        waits(e);
        return false;
    }

    /** Bytes that are gone, and what nobody foresaw: files that are not what they were, mistakes of this program. */
    private static boolean isDamage(Exception e) {
        return e instanceof ForetokenException known
                ? known.code() == ErrorCode.FILE_NOT_FOUND
                : e instanceof RuntimeException && !(e instanceof UncheckedIOException);
    }

    private void waits(Exception e) {
        String waits = "the batch " + job + " waits: " + e.getMessage();
        if (e instanceof ForetokenException known && known.code().kind() == ErrorKind.CAPACITY) {
            LOG.log(System.Logger.Level.WARNING, waits);
        } else {
            LOG.log(System.Logger.Level.WARNING, waits, e);
        }
        rests.begin();
    }
}
