package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Budget;
import dev.foretoken.gateway.template.value.TemplateError;
import dev.foretoken.gateway.template.value.TextBuilder;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/** {@code strftime} in the C locale, as glibc does it; {@code %-d} leaves the padding out. */
final class DateFormat {
    private static final Map<Character, String> PATTERNS = Map.ofEntries(
            Map.entry('Y', "uuuu"),
            Map.entry('y', "uu"),
            Map.entry('m', "MM"),
            Map.entry('d', "dd"),
            Map.entry('e', "ppd"),
            Map.entry('H', "HH"),
            Map.entry('I', "hh"),
            Map.entry('M', "mm"),
            Map.entry('S', "ss"),
            Map.entry('f', "SSSSSS"),
            Map.entry('p', "a"),
            Map.entry('j', "DDD"),
            Map.entry('B', "MMMM"),
            Map.entry('b', "MMM"),
            Map.entry('h', "MMM"),
            Map.entry('A', "EEEE"),
            Map.entry('a', "EEE"),
            Map.entry('u', "e"),
            Map.entry('F', "uuuu-MM-dd"),
            Map.entry('T', "HH:mm:ss"),
            Map.entry('R', "HH:mm"),
            Map.entry('D', "MM/dd/uu"),
            Map.entry('x', "MM/dd/uu"),
            Map.entry('X', "HH:mm:ss"),
            Map.entry('c', "EEE MMM ppd HH:mm:ss uuuu"));

    private final ZonedDateTime now;
    private final Budget budget;

    DateFormat(ZonedDateTime now, Budget budget) {
        this.now = now;
        this.budget = budget;
    }

    String format(String format) {
        TextBuilder out = new TextBuilder(budget);
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                out.append(c);
                continue;
            }
            boolean bare = format.charAt(i + 1) == '-' && i + 2 < format.length();
            i += bare ? 2 : 1;
            String field = field(format.charAt(i));
            out.append(bare ? field.replaceFirst("^[0 ]+(?=.)", "") : field);
        }
        return out.toString();
    }

    /** Weeks since the year's first day of this weekday's kind; days before it are in week 0. */
    private String week(int daysIntoWeek) {
        int week = (now.getDayOfYear() + 6 - daysIntoWeek) / 7;
        return (week < 10 ? "0" : "") + week;
    }

    private String field(char letter) {
        return switch (letter) {
            case '%' -> "%";
            case 'n' -> "\n";
            case 't' -> "\t";
            // What Python gives for a time without a zone, which is what transformers formats.
            case 'z', 'Z' -> "";
            case 'U' -> week(now.getDayOfWeek().getValue() % 7);
            case 'W' -> week(now.getDayOfWeek().getValue() - 1);
            case 'w' -> String.valueOf(now.getDayOfWeek().getValue() % 7);
            default -> {
                String pattern = PATTERNS.get(letter);
                if (pattern == null) {
                    throw new TemplateError("the date format '%" + letter + "' is unknown");
                }
                yield DateTimeFormatter.ofPattern(pattern, Locale.US).format(now);
            }
        };
    }
}
