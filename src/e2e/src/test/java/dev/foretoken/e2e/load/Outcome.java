package dev.foretoken.e2e.load;

/** How a request ended for its caller. */
enum Outcome {
    /** With everything that was asked for. */
    ANSWERED,
    /** The caller left before the end. */
    LEFT,
    /** With the error that its mistake deserves. */
    REFUSED,
}
