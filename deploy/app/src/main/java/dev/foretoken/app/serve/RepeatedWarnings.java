package dev.foretoken.app.serve;

import io.quarkus.logging.LoggingFilter;
import java.util.logging.Filter;
import java.util.logging.LogRecord;

/** Kafka's clients, of which there are several, say each second that a broker is away. A minute is often enough, while we say who waits for it. */
@LoggingFilter(name = "repeated")
public final class RepeatedWarnings implements Filter {

    private static final String LOUD = "org.apache.kafka.";

    private final Repeats repeats = new Repeats(System::nanoTime);

    @Override
    public boolean isLoggable(LogRecord entry) {
        String logger = entry.getLoggerName();
        return logger == null || !logger.startsWith(LOUD) || repeats.isNews(logger + " " + entry.getMessage());
    }
}
