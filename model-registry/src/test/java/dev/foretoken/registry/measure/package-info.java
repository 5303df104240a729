/** Tests of what is measured and how. */
@NullMarked
package dev.foretoken.registry.measure;

import org.jspecify.annotations.NullMarked;
