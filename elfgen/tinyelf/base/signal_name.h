/* Names of signals. */
#ifndef BASE_SIGNAL_NAME_H
#define BASE_SIGNAL_NAME_H

/* The name of a signal without "SIG", such as "SEGV"; NULL: it is none, or a real-time signal. */
const char *signal_abbreviation(int number);

/* What a signal means, such as "Segmentation fault"; NULL as above. */
const char *signal_description(int number);

#endif
