package dev.foretoken.app.serve;

import dev.foretoken.app.config.AppConfig;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Hands the configuration from the command line to the beans that the framework makes. The framework makes the routes' filters before it
 * knows arguments, and there is no other way in but system properties, which any process of the same user can list; the configuration holds
 * keys. Hence the one static reference of this program: written once, before the framework starts.
 */
public final class Launch {

    private static final AtomicReference<AppConfig> CONFIG = new AtomicReference<>();

    private Launch() {}

    /** @throws IllegalStateException when this process was launched before */
    public static void with(AppConfig config) {
        if (!CONFIG.compareAndSet(null, config)) {
            throw new IllegalStateException("a process serves once");
        }
    }

    static AppConfig config() {
        AppConfig config = CONFIG.get();
        if (config == null) {
            throw new IllegalStateException(
                    "the server is started by the command line, which hands over its configuration");
        }
        return config;
    }
}
