package dev.foretoken.app.command.batch;

import dev.foretoken.contract.request.Priority;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a class by the names that headers and fields have for it, not by those of the enum. */
final class PriorityName implements ITypeConverter<Priority> {

    @Override
    public Priority convert(String text) {
        return Priority.find(text.toLowerCase(Locale.ROOT))
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is none; expected " + Priority.NAMES));
    }
}
