#include "foretoken.h"
int main(void) { return ft_version() == FT_VERSION ? 0 : 1; }
