package dev.foretoken.helm;

import dev.foretoken.app.config.ServeOptions;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The variables of {@code serve}, read from where its options name them. */
final class ProcessOptions {

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{env:([A-Z0-9_]+)");

    private ProcessOptions() {}

    /** Options by the variable that sets each. */
    static Map<String, String> byVariable() {
        Map<String, String> options = new TreeMap<>();
        collect(ServeOptions.class, options);
        return options;
    }

    private static void collect(Class<?> type, Map<String, String> options) {
        for (Field field : type.getDeclaredFields()) {
            Option option = field.getAnnotation(Option.class);
            if (field.isAnnotationPresent(Mixin.class)) {
                collect(field.getType(), options);
            } else if (option != null) {
                Matcher variable = VARIABLE.matcher(option.defaultValue());
                if (variable.find()) {
                    options.put(variable.group(1), option.names()[0]);
                }
            }
        }
    }
}
