// SPDX-License-Identifier: GPL-3.0-or-later
// Golden arrays that a Python script stored as JSON: {"name": {"shape": [..], "values": [..]}}, null for NaN.
#pragma once

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QString>

#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace dispersa {

class Golden {
  public:
    /// `file` is relative to the tests' folder. Throws, and so fails the test, when it cannot be read.
    explicit Golden(const std::string& file)
    {
        QFile source(QStringLiteral(DISPERSA_SOURCE_DIR "/tests/") + QString::fromStdString(file));
        if (!source.open(QIODevice::ReadOnly))
            throw std::runtime_error("cannot read " + source.fileName().toStdString());
        m_json = QJsonDocument::fromJson(source.readAll()).object();
    }

    template<class T = double>
    std::vector<T> values(const char* name) const
    {
        std::vector<T> result;
        for (const QJsonValue& value : entry(name)[QStringLiteral("values")].toArray())
            result.push_back(
                static_cast<T>(value.isNull() ? std::numeric_limits<double>::quiet_NaN() : value.toDouble()));
        return result;
    }

    std::vector<int> shape(const char* name) const
    {
        std::vector<int> result;
        for (const QJsonValue& value : entry(name)[QStringLiteral("shape")].toArray())
            result.push_back(value.toInt());
        return result;
    }

    double number(const char* name) const { return values(name).at(0); }

  private:
    QJsonObject entry(const char* name) const
    {
        const QJsonValue value = m_json[QString::fromLatin1(name)];
        if (!value.isObject())
            throw std::runtime_error(std::string("no golden values named ") + name);
        return value.toObject();
    }

    QJsonObject m_json;
};

} // namespace dispersa
