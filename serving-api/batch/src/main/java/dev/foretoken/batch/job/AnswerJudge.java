package dev.foretoken.batch.job;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ErrorKind;
import java.time.Instant;
import java.util.Optional;

/** Says which answers to requests of a job count. Any thread. */
final class AnswerJudge {

    private static final int MOST_LOSSES = 5;

    private final JobDesk desk;
    private final Instant expires;

    /** @param expires when the job's time is over */
    AnswerJudge(JobDesk desk, Instant expires) {
        this.desk = desk;
        this.expires = expires;
    }

    /**
     * What lacks room now may have it later, as long as the job has time; what fails over and over is the request's own doing.
     *
     * @param losses earlier answers that were one
     */
    boolean isFinal(int losses, BatchAnswer answer) {
        Optional<ErrorCode> error = answer.error();
        if (error.isEmpty()) {
            return true;
        }
        if (error.get() == ErrorCode.CANCELLED
                || (error.get() == ErrorCode.DEADLINE_EXCEEDED && !desk.now().isBefore(expires))) {
            return false;
        }
        return !answer.isRetryable() || (isLoss(answer) && losses + 1 >= MOST_LOSSES);
    }

    /** Whether it may be the request's own doing that it was not run to its end. */
    static boolean isLoss(BatchAnswer answer) {
        return answer.error()
                .map(ErrorCode::kind)
                .filter(ErrorKind.INTERNAL::equals)
                .isPresent();
    }
}
