#include "sip/compositor.hpp"
