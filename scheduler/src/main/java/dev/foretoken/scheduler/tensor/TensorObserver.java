package dev.foretoken.scheduler.tensor;

import dev.foretoken.contract.ErrorCode;

/** Is told what a loop does. Called by its thread, but {@link #failed}, which any calls. */
public interface TensorObserver {

    /** Counts nothing. */
    TensorObserver NONE = new TensorObserver() {
        @Override
        public void ran(long rows, double padding, long nanos) {}

        @Override
        public void answered(long rows, long queueNanos) {}

        @Override
        public void failed(ErrorCode code) {}
    };

    /** A run, of one request or more. {@code padding}: share of its tokens */
    void ran(long rows, double padding, long nanos);

    /** A request of so many rows has its outputs. */
    void answered(long rows, long queueNanos);

    /** A request was refused, or failed. */
    void failed(ErrorCode code);
}
