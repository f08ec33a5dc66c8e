// SPDX-License-Identifier: GPL-3.0-or-later
// Tables of a report as HTML. Texts are HTML already: what comes from files is escaped by who puts it in.
#pragma once

#include <QString>
#include <QStringList>

#include <optional>
#include <string>

namespace dispersa::html {

inline QString escaped(const std::string& value)
{
    return QString::fromStdString(value).toHtmlEscaped();
}

/// `tag`: td, whose first cell names the row, or th for the titles of the columns. `attribute`: " class=\"x\"".
inline QString row(const QStringList& cells, const char* tag = "td", const QString& attribute = {})
{
    const QString usual = QLatin1String(tag);
    QString line = QStringLiteral("<tr%1>").arg(attribute);
    for (qsizetype i = 0; i < cells.size(); ++i)
        line += QStringLiteral("<%1>%2</%1>").arg(i == 0 ? QStringLiteral("th") : usual, cells[i]);
    return line + QStringLiteral("</tr>\n");
}

inline QString table(const QString& rows, const char* className)
{
    return QStringLiteral("<table class=\"%1\">\n%2</table>\n").arg(QLatin1String(className), rows);
}

/// "–" for nothing.
inline QString number(const std::optional<double>& value, int decimals)
{
    return value ? QString::number(*value, 'f', decimals) : QStringLiteral("–");
}

} // namespace dispersa::html
