package dev.foretoken.app.config;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The variables of {@code serve}, read from where its options name them, and what a process makes of variables and a command line. */
public final class ProcessOptions {

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{env:([A-Z0-9_]+)");

    private ProcessOptions() {}

    /** Options by the variable that sets each. */
    public static Map<String, String> byVariable() {
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

    /**
     * What {@code serve} makes of them. Variables are given as their options, since nobody can set those of this process.
     *
     * @param arguments behind {@code serve}
     */
    public static AppConfig config(List<String> arguments, Map<String, String> environment) {
        Map<String, String> options = byVariable();
        Map<String, String> rest = new HashMap<>();
        List<String> all = new ArrayList<>(arguments);
        environment.forEach((variable, value) -> {
            if (options.containsKey(variable)) {
                all.add(options.get(variable) + "=" + value);
            } else {
                rest.put(variable, value);
            }
        });
        ServeOptions parsed = new ServeOptions();
        new CommandLine(parsed).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(all.toArray(String[]::new));
        return parsed.config(rest);
    }
}
