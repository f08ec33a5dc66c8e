// SPDX-License-Identifier: GPL-3.0-or-later
// The JSON that Velox hides in datasets. It comes from a file, so nothing in it is trusted: sizes and depth are
// limited, and what has another type than expected counts as absent.
#pragma once

#include "core/io/hdf5_p.h"

#include <initializer_list>

#include <nlohmann/json.hpp>

namespace dispersa::velox {

using Json = nlohmann::json;

/// An object or list in `text`; null when it is too long, too deep or no JSON. Never throws.
Json parse(const std::string& text);

/// JSON of a text dataset; null if there is none. The lock must be held.
Json jsonAt(hid_t file, const std::string& path);

/// Metadata of the first frame of an image or stream: NUL-terminated JSON in the first column of `group`/Metadata.
Json metadataOf(hid_t file, const std::string& group);

/// The value below a chain of keys; nullptr if there is none.
const Json* at(const Json& json, std::initializer_list<const char*> keys);
/// Text; "" unless it is text. Percent signs of a URL ("Experiment%20Log") are resolved.
std::string textAt(const Json& json, std::initializer_list<const char*> keys);
/// A finite number, also one that is written as text, as Velox does.
std::optional<double> numberAt(const Json& json, std::initializer_list<const char*> keys);
/// true or "true".
bool isTrue(const Json& json, std::initializer_list<const char*> keys);
/// A path into the file; "" unless it is an absolute one.
std::string pathAt(const Json& json, std::initializer_list<const char*> keys);

} // namespace dispersa::velox
