package dev.foretoken.app.config;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 512m}, {@code 8g}, {@code 8GiB} or plain bytes. */
final class ByteSize implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        String value = text.trim().toLowerCase(Locale.ROOT).replaceFirst("i?b$", "");
        int shift = switch (value.isEmpty() ? ' ' : value.charAt(value.length() - 1)) {
            case 'k' -> 10;
            case 'm' -> 20;
            case 'g' -> 30;
            case 't' -> 40;
            default -> 0;
        };
        try {
            double number = Double.parseDouble(shift == 0 ? value : value.substring(0, value.length() - 1));
            if (number >= 0 && number * (1L << shift) < 1L << 60) {
                return (long) (number * (1L << shift));
            }
        } catch (NumberFormatException e) {
            // Falls through to the message that shows the expected form.
        }
        throw new TypeConversionException("'" + text + "' is not a size; write e.g. 512m or 8g");
    }
}
